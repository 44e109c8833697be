begin transaction; DROP FUNCTION begin_of(users);
DROP TABLE users;
end
